/** Three simple eyes. */
export function Logo({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className} fill="none" stroke="currentColor" strokeWidth="2.6">
      <circle cx="16" cy="9" r="5" />
      <circle cx="8.4" cy="21.8" r="5" />
      <circle cx="23.6" cy="21.8" r="5" />
    </svg>
  )
}
