import { getRouteApi } from '@tanstack/react-router'
import { PageHeader } from '../../design/panel.tsx'
import { Tabs } from '../../design/tabs.tsx'
import { TokensPanel } from './access-tokens.tsx'
import { PublishersPanel } from './publishers.tsx'
import { RetentionPanel } from './retention.tsx'
import { ServerPanel } from './server.tsx'

const route = getRouteApi('/settings')
const TABS = [
  { id: 'tokens', label: 'Access tokens' },
  { id: 'publishers', label: 'Publishers and trust' },
  { id: 'retention', label: 'Retention' },
  { id: 'server', label: 'Control plane' },
] as const

export function SettingsPage() {
  const { tab } = route.useSearch()
  const current = TABS.find(({ id }) => id === tab)?.id ?? 'tokens'
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs label="Parts of the settings" tabs={TABS} current={current} />
      {current === 'tokens' && <TokensPanel />}
      {current === 'publishers' && <PublishersPanel />}
      {current === 'retention' && <RetentionPanel />}
      {current === 'server' && <ServerPanel />}
    </>
  )
}
