import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { alertRules, deadDeliveries, status } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { LinkButton } from '../../design/button.tsx'
import { PageHeader } from '../../design/panel.tsx'
import { Tabs } from '../../design/tabs.tsx'
import { AlertList } from './alert-list.tsx'
import { ReceiversPanel } from './receivers.tsx'
import { RulesPanel } from './rules.tsx'

const route = getRouteApi('/alerts')
const TABS = ['alerts', 'rules', 'receivers'] as const

export function AlertsPage() {
  const { tab } = route.useSearch()
  const denied = useDenied('operator')
  const { data } = useQuery(status)
  const rules = useQuery(alertRules)
  const dead = useQuery(deadDeliveries)
  const current = TABS.find((one) => one === tab) ?? 'alerts'
  return (
    <>
      <PageHeader
        title="Alerts"
        below="Conditions that somebody wants to hear of: a silent device, a crash loop, a value out of its bounds, a drift from its own past."
        actions={
          <LinkButton to="/alerts/new" icon={Plus} variant={denied === undefined ? 'primary' : 'secondary'}>
            New rule
          </LinkButton>
        }
      />
      <Tabs
        label="Parts of the page"
        current={current}
        tabs={[
          { id: 'alerts', label: 'Alerts', count: data?.alerts.firing },
          { id: 'rules', label: 'Rules', count: rules.data?.items.length },
          { id: 'receivers', label: 'Receivers and deliveries', count: dead.data?.items.length || undefined },
        ]}
      />
      {current === 'alerts' && <AlertList />}
      {current === 'rules' && <RulesPanel />}
      {current === 'receivers' && <ReceiversPanel />}
    </>
  )
}
