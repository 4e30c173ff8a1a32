/** The frame of every page: navigation, who is signed in, and how the control plane is. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { FlaskConical, LogOut, Menu, Monitor, Moon, Search, Sun, X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { Suspense, useEffect, useState } from 'react'
import { status } from '../api/queries.ts'
import { useToken, whoAmI } from '../api/session.ts'
import { setToken } from '../api/token.ts'
import { Badge } from '../design/badge.tsx'
import { Button } from '../design/button.tsx'
import { cx } from '../design/class-names.ts'
import { Segmented } from '../design/field.tsx'
import { Loading } from '../design/progress.tsx'
import { Toasts } from '../design/toast.tsx'
import { TooltipProvider } from '../design/tooltip.tsx'
import { Logo } from './logo.tsx'
import { NAVIGATION } from './navigation.ts'
import { Palette } from './palette.tsx'
import { SignIn } from './sign-in.tsx'
import { setTheme } from './theme.ts'
import { useTheme } from './use-theme.ts'

export function Shell() {
  const token = useToken()
  const queries = useQueryClient()
  // What another token was shown is not for this one.
  useEffect(() => {
    if (token === undefined) queries.clear()
  }, [token, queries])
  return (
    <TooltipProvider delayDuration={200}>
      {token === undefined ? <SignIn /> : <Frame />}
      <Toasts />
    </TooltipProvider>
  )
}

function Frame() {
  const [menuOpen, setMenuOpen] = useState(false)
  const [searching, setSearching] = useState(false)
  const path = useRouterState({ select: (state) => state.location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the menu
  useEffect(() => setMenuOpen(false), [path])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      setSearching(true)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <div className="md:grid md:min-h-dvh md:grid-cols-[224px_minmax(0,1fr)]">
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent-fill px-3 py-2 font-medium text-white focus:translate-y-0"
      >
        Skip to the content
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-sunken md:flex">
        <Sidebar onSearch={() => setSearching(true)} />
      </aside>
      <header className="sticky top-0 z-30 flex h-12 items-center gap-1 border-b border-line bg-surface px-3 md:hidden">
        <Dialog.Root open={menuOpen} onOpenChange={setMenuOpen}>
          <Dialog.Trigger asChild>
            <button type="button" aria-label="Menu" className="rounded p-2 text-muted">
              <Menu aria-hidden className="size-5" />
            </button>
          </Dialog.Trigger>
          <Dialog.Portal>
            <Dialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
            <Dialog.Content
              aria-describedby={undefined}
              className="fixed inset-y-0 left-0 z-50 flex w-72 flex-col bg-sunken shadow-pop"
            >
              <Dialog.Title className="sr-only">Menu</Dialog.Title>
              <Dialog.Close aria-label="Close the menu" className="absolute top-3 right-3 rounded p-1 text-muted">
                <X aria-hidden className="size-5" />
              </Dialog.Close>
              <Sidebar
                onSearch={() => {
                  setMenuOpen(false)
                  setSearching(true)
                }}
              />
            </Dialog.Content>
          </Dialog.Portal>
        </Dialog.Root>
        <Link to="/" className="flex items-center gap-2 font-semibold">
          <Logo className="size-5 text-accent" />
          Ocelli
        </Link>
        <span className="ml-auto">
          <Button variant="ghost" icon={Search} label="Search" onClick={() => setSearching(true)} />
        </span>
      </header>
      <main id="main" tabIndex={-1} className="min-w-0 px-4 py-5 outline-none md:px-8 md:py-7">
        <div className="mx-auto max-w-[1360px]">
          <Suspense fallback={<Loading rows={6} />}>
            <Outlet />
          </Suspense>
        </div>
      </main>
      <Palette open={searching} onOpenChange={setSearching} />
    </div>
  )
}

function Sidebar({ onSearch }: { readonly onSearch: () => void }) {
  return (
    <>
      <Link to="/" className="flex h-14 items-center gap-2.5 px-4 text-base font-semibold tracking-tight">
        <Logo className="size-6 text-accent" />
        Ocelli
      </Link>
      <div className="px-3 pb-2">
        <button
          type="button"
          onClick={onSearch}
          className="flex h-8 w-full items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 text-muted hover:text-text"
        >
          <Search aria-hidden className="size-3.5" />
          Search
          <kbd className="ml-auto font-sans text-2xs text-faint">Ctrl K</kbd>
        </button>
      </div>
      <nav aria-label="Pages" className="flex-1 overflow-y-auto px-3 py-1">
        {NAVIGATION.map(({ title, items }) => (
          <div key={title} className="mb-4">
            <h2 className="mb-1 px-2 text-2xs font-medium text-faint">{title}</h2>
            <ul className="space-y-px">
              {items.map(({ to, label, icon: Icon }) => (
                <li key={to}>
                  <Link
                    to={to}
                    activeOptions={{ exact: to === '/', includeSearch: false }}
                    activeProps={{ 'aria-current': 'page' }}
                    className="flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-muted hover:bg-hover hover:text-text aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
                  >
                    <Icon aria-hidden className="size-4 shrink-0" />
                    {label}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <Foot />
    </>
  )
}

function Foot() {
  const theme = useTheme()
  const me = useQuery(whoAmI)
  const server = useQuery(status)
  const up = server.data?.server
  const wrong = server.isError ? 'Cannot be reached' : up?.broker === 'down' ? 'Broker is down' : undefined
  return (
    <div className="space-y-3 border-t border-line px-4 py-3 text-xs">
      {up?.development && (
        <Badge
          tone="warn"
          icon={FlaskConical}
          title="The operator's root key was made by this server and lies beside it: not for production"
        >
          Development trust
        </Badge>
      )}
      <div className="flex items-center gap-2 text-muted">
        <span
          aria-hidden
          className={cx(
            'size-2 shrink-0 rounded-full',
            wrong !== undefined ? 'bg-bad' : up ? 'bg-ok' : 'bg-line-strong',
          )}
        />
        <span className="min-w-0 flex-1 truncate">{wrong ?? (up ? `Control plane ${up.version}` : 'Connecting')}</span>
      </div>
      <Segmented
        label="Theme"
        value={theme}
        onChange={setTheme}
        options={[
          { value: 'system', name: 'As the system', label: <Monitor aria-hidden className="size-3.5" /> },
          { value: 'light', name: 'Light', label: <Sun aria-hidden className="size-3.5" /> },
          { value: 'dark', name: 'Dark', label: <Moon aria-hidden className="size-3.5" /> },
        ]}
      />
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate">
          <span className="font-medium">{me.data?.name ?? '…'}</span>
          <span className="text-muted"> · {me.data?.role ?? ''}</span>
        </span>
        <Button variant="ghost" size="sm" icon={LogOut} label="Sign out" onClick={() => setToken(undefined)} />
      </div>
    </div>
  )
}
