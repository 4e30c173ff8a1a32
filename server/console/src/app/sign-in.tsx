import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { setToken } from '../api/token.ts'
import { Button } from '../design/button.tsx'
import { Command } from '../design/command.tsx'
import { ErrorNotice } from '../design/error-notice.tsx'
import { Field } from '../design/field.tsx'
import { Logo } from './logo.tsx'

export function SignIn() {
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const signIn = async () => {
    const entered = text.trim()
    setBusy(true)
    setError(undefined)
    try {
      await ask(api.GET('/api/v1/whoami', { headers: { authorization: `Bearer ${entered}` } }))
      setToken(entered)
    } catch (cause) {
      setError(cause)
    } finally {
      setBusy(false)
    }
  }
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center px-6 py-12">
      <Logo className="mb-6 size-9 text-accent" />
      <h1 className="text-xl font-semibold tracking-tight">Sign in to Ocelli</h1>
      <p className="mt-1 mb-6 text-muted">An access token says who you are and what you may do.</p>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          void signIn()
        }}
      >
        <Field label="Access token" hint="It stays in this tab and is sent to this control plane alone.">
          {(field) => (
            <input
              {...field}
              type="password"
              autoComplete="off"
              required
              value={text}
              onChange={(event) => setText(event.target.value)}
              className="input font-mono"
            />
          )}
        </Field>
        {error !== undefined && <ErrorNotice error={error} />}
        <Button type="submit" variant="primary" icon={KeyRound} busy={busy} className="w-full">
          Sign in
        </Button>
      </form>
      <div className="mt-8 border-t border-line pt-5 text-muted">
        <p className="mb-2">On the machine of the control plane, this prints a link that signs you in:</p>
        <Command text="npm run ocelli -- console" />
      </div>
    </main>
  )
}
