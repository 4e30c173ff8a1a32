/** A small line without axes: the run of a value, beside the value itself. A gap in time is a gap in the line. */
export interface Point {
  readonly atMs: number
  readonly value: number
}

interface Props {
  readonly points: readonly Point[]
  readonly fromMs: number
  readonly toMs: number
  /** A longer silence is a gap. */
  readonly gapMs: number
  readonly className?: string
}

const WIDTH = 100
const HEIGHT = 24

export function Sparkline({ points, fromMs, toMs, gapMs, className }: Props) {
  const shown = points.filter((point) => point.atMs >= fromMs)
  const values = shown.map((point) => point.value)
  const low = Math.min(...values)
  const span = Math.max(...values) - low || 1
  const x = (atMs: number) => ((atMs - fromMs) / (toMs - fromMs)) * WIDTH
  const y = (value: number) => HEIGHT - 2 - ((value - low) / span) * (HEIGHT - 4)
  let path = ''
  shown.forEach((point, index) => {
    const before = shown[index - 1]
    const pen = before === undefined || point.atMs - before.atMs > gapMs ? 'M' : 'L'
    path += `${pen}${x(point.atMs).toFixed(1)} ${y(point.value).toFixed(1)}`
  })
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden className={className}>
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}
