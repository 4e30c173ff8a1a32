/** The pages, in the order of a day: what needs attention, what the sensors see, the fleet, the software, the books. */
import {
  Activity,
  Bell,
  Cable,
  Camera,
  Component,
  LayoutDashboard,
  type LucideIcon,
  Rocket,
  ScrollText,
  Settings,
  Waypoints,
} from 'lucide-react'

export interface NavigationItem {
  readonly to: string
  readonly label: string
  readonly icon: LucideIcon
}

export const NAVIGATION: readonly { readonly title: string; readonly items: readonly NavigationItem[] }[] = [
  {
    title: 'Watch',
    items: [
      { to: '/', label: 'Overview', icon: LayoutDashboard },
      { to: '/sensors', label: 'Sensors', icon: Activity },
      { to: '/alerts', label: 'Alerts', icon: Bell },
    ],
  },
  {
    title: 'Fleet',
    items: [
      { to: '/devices', label: 'Devices', icon: Camera },
      { to: '/enrol', label: 'Enrol', icon: Cable },
    ],
  },
  {
    title: 'Software',
    items: [
      { to: '/components', label: 'Components', icon: Component },
      { to: '/deployments', label: 'Deployments', icon: Waypoints },
      { to: '/rollouts', label: 'Rollouts', icon: Rocket },
    ],
  },
  {
    title: 'Books',
    items: [
      { to: '/audit', label: 'Audit log', icon: ScrollText },
      { to: '/settings', label: 'Settings', icon: Settings },
    ],
  },
]
