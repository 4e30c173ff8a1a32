/** The addresses of the console. Each page is a chunk of its own; filters and tabs live in the address. */
import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { EmptyState } from '../design/empty-state.tsx'
import { ErrorNotice } from '../design/error-notice.tsx'
import { OverviewPage } from '../pages/overview/page.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <EmptyState icon={Compass} title="There is no page at this address">
      It may have moved.{' '}
      <Link to="/" className="text-accent underline">
        Go to the overview
      </Link>
    </EmptyState>
  ),
  errorComponent: ({ error }) => <ErrorNotice error={error} />,
})

/** Texts of the address's query, each one optional; what a page does not know is dropped. */
function texts<const K extends string>(...keys: readonly K[]) {
  return (search: Record<string, unknown>): { readonly [Key in K]?: string } => {
    const kept = keys.flatMap((key) => {
      const value = search[key]
      return value === undefined || value === '' ? [] : [[key, String(value)]]
    })
    return Object.fromEntries(kept)
  }
}

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  // Where most visits begin: no second round trip for it.
  component: OverviewPage,
})
const devices = createRoute({
  getParentRoute: () => root,
  path: '/devices',
  validateSearch: texts('q', 'presence', 'health', 'label', 'fleet', 'interface', 'version', 'sort'),
  component: lazyRouteComponent(() => import('../pages/devices/page.tsx'), 'DevicesPage'),
})
const device = createRoute({
  getParentRoute: () => root,
  path: '/devices/$device',
  validateSearch: texts('tab', 'level', 'q', 'kind', 'instance'),
  component: lazyRouteComponent(() => import('../pages/device/page.tsx'), 'DevicePage'),
})
const enrol = createRoute({
  getParentRoute: () => root,
  path: '/enrol',
  component: lazyRouteComponent(() => import('../pages/enrol/page.tsx'), 'EnrolPage'),
})
const components = createRoute({
  getParentRoute: () => root,
  path: '/components',
  component: lazyRouteComponent(() => import('../pages/components/page.tsx'), 'ComponentsPage'),
})
const push = createRoute({
  getParentRoute: () => root,
  path: '/components/push',
  component: lazyRouteComponent(() => import('../pages/components/push.tsx'), 'PushPage'),
})
const component = createRoute({
  getParentRoute: () => root,
  path: '/components/$name/$version',
  component: lazyRouteComponent(() => import('../pages/components/component.tsx'), 'ComponentPage'),
})
const deployments = createRoute({
  getParentRoute: () => root,
  path: '/deployments',
  component: lazyRouteComponent(() => import('../pages/deployments/page.tsx'), 'DeploymentsPage'),
})
const newDeployment = createRoute({
  getParentRoute: () => root,
  path: '/deployments/new',
  validateSearch: texts('component'),
  component: lazyRouteComponent(() => import('../pages/deployments/edit.tsx'), 'NewDeploymentPage'),
})
const deployment = createRoute({
  getParentRoute: () => root,
  path: '/deployments/$name',
  validateSearch: texts('tab', 'from', 'to'),
  component: lazyRouteComponent(() => import('../pages/deployments/deployment.tsx'), 'DeploymentPage'),
})
const editDeployment = createRoute({
  getParentRoute: () => root,
  path: '/deployments/$name/edit',
  component: lazyRouteComponent(() => import('../pages/deployments/edit.tsx'), 'EditDeploymentPage'),
})
const change = createRoute({
  getParentRoute: () => root,
  path: '/changes/$id',
  component: lazyRouteComponent(() => import('../pages/deployments/change.tsx'), 'ChangePage'),
})
const sensors = createRoute({
  getParentRoute: () => root,
  path: '/sensors',
  validateSearch: texts('view', 'deployment', 'name', 'device', 'range'),
  component: lazyRouteComponent(() => import('../pages/sensors/page.tsx'), 'SensorsPage'),
})
const rollouts = createRoute({
  getParentRoute: () => root,
  path: '/rollouts',
  validateSearch: texts('all'),
  component: lazyRouteComponent(() => import('../pages/rollouts/page.tsx'), 'RolloutsPage'),
})
const rollout = createRoute({
  getParentRoute: () => root,
  path: '/rollouts/$name',
  validateSearch: texts('revision', 'progress'),
  component: lazyRouteComponent(() => import('../pages/rollouts/rollout.tsx'), 'RolloutPage'),
})
const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: texts('tab', 'state', 'severity', 'rule', 'device'),
  component: lazyRouteComponent(() => import('../pages/alerts/page.tsx'), 'AlertsPage'),
})
const newAlert = createRoute({
  getParentRoute: () => root,
  path: '/alerts/new',
  validateSearch: texts('rule'),
  component: lazyRouteComponent(() => import('../pages/alerts/edit.tsx'), 'EditAlertPage'),
})
const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: texts('q', 'actor'),
  component: lazyRouteComponent(() => import('../pages/audit/page.tsx'), 'AuditPage'),
})
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: texts('tab'),
  component: lazyRouteComponent(() => import('../pages/settings/page.tsx'), 'SettingsPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    devices,
    device,
    enrol,
    components,
    push,
    component,
    deployments,
    newDeployment,
    deployment,
    editDeployment,
    change,
    sensors,
    rollouts,
    rollout,
    alerts,
    newAlert,
    audit,
    settings,
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <ErrorNotice error={error} onRetry={reset} />,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
