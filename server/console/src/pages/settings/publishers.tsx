import { useQuery } from '@tanstack/react-query'
import { FlaskConical, PenTool, ShieldCheck } from 'lucide-react'
import { trust } from '../../api/queries.ts'
import { Badge, Chip } from '../../design/badge.tsx'
import { CopyButton } from '../../design/command.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Facts, Panel } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { Table } from '../../design/table.tsx'
import { dateTime } from '../../design/text.ts'

/** Whom devices believe. It is changed only by a document that the operator's root key signed, outside of the server. */
export function PublishersPanel() {
  const { data, error, refetch } = useQuery(trust)
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading />
  const { document, operatorKey, serverKey } = data
  return (
    <div className="space-y-4">
      <Panel title="Publishers" icon={PenTool} flush aside="Who may sign components, and under which names">
        <Table
          label="Publishers"
          rows={document.publishers}
          rowKey={({ keyId }) => keyId}
          columns={[
            { id: 'id', title: 'Publisher', cell: ({ id }) => <span className="font-medium">{id}</span> },
            {
              id: 'names',
              title: 'Component names',
              cell: ({ names }) => (
                <span className="flex flex-wrap gap-1">
                  {names.map((name) => (
                    <Chip key={name}>{name}</Chip>
                  ))}
                </span>
              ),
            },
            { id: 'key', title: 'Key', from: 'sm', cell: ({ keyId }) => <Key id={keyId} /> },
          ]}
        />
      </Panel>
      <Panel
        title="Trust document"
        icon={ShieldCheck}
        aside={
          document.development && (
            <Badge tone="warn" icon={FlaskConical}>
              Development: not for production
            </Badge>
          )
        }
      >
        <Facts
          items={[
            ['Version', document.version],
            ['Signed', dateTime(document.issuedAtMs)],
            ['Operator key', <Key key="operator" id={operatorKey.keyId} />],
            ['Key of this server', <Key key="server" id={serverKey.keyId} />],
            ['Servers that may direct devices', document.servers.length],
          ]}
        />
        <p className="mt-4 max-w-2xl border-t border-line pt-3 text-muted">
          The page cannot change it: a new version is signed with the operator’s root key, which is kept outside of this
          server, and then put into force. So a stolen server cannot make devices run what no trusted publisher signed.
        </p>
      </Panel>
    </div>
  )
}

function Key({ id }: { readonly id: string }) {
  return (
    <span className="inline-flex items-center font-mono text-xs" title={id}>
      {id.slice(0, 20)}…
      <CopyButton text={id} label="Copy the key's id" />
    </span>
  )
}
