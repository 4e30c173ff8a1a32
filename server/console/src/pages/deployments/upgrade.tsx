/** Another version of a component, seen from its interfaces: what it newly asks for, and who could not run it any more. */
import { Link } from '@tanstack/react-router'
import { CircleArrowUp } from 'lucide-react'
import type { PlannedChange } from '../../api/queries.ts'
import { FirstFew } from '../../design/first-few.tsx'
import { Facts, Panel } from '../../design/panel.tsx'
import { interfaceName, plural } from '../../design/text.ts'

export type Upgrade = NonNullable<PlannedChange['upgrades']>[number]
const FIRST = 8

export function UpgradePanel({ upgrade }: { readonly upgrade: Upgrade }) {
  const { component, from, to, newImports, droppedImports, newNeeds, loses } = upgrade
  const rows = [
    ['Newly imports', newImports.map(interfaceName)],
    ['No longer imports', droppedImports.map(interfaceName)],
    ['Newly needs', newNeeds],
  ] as const
  const told = rows.filter(([, names]) => names.length > 0)
  return (
    <Panel title={`${component} ${from} → ${to}`} icon={CircleArrowUp}>
      {told.length === 0 ? (
        <p className="text-muted">It asks for the same as the version before.</p>
      ) : (
        <Facts items={told.map(([title, names]) => [title, names.join(', ')] as const)} />
      )}
      {loses.length > 0 && (
        <div className="mt-3 border-t border-line pt-3">
          <p className="font-medium text-bad">{plural(loses.length, 'device')} that run it now could not any more</p>
          <FirstFew items={loses} most={FIRST} className="pt-2">
            {(shown) => (
              <ul className="mt-1 space-y-1">
                {shown.map(({ device, name, why }) => (
                  <li key={device}>
                    <Link to="/devices/$device" params={{ device }} className="font-medium hover:underline">
                      {name}
                    </Link>{' '}
                    <span className="text-muted">{why}</span>
                  </li>
                ))}
              </ul>
            )}
          </FirstFew>
        </div>
      )}
    </Panel>
  )
}
