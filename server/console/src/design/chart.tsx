/** Lines over time. Drag to zoom; a gap in the data is a gap in the line; what happened is marked on the time axis. */
import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import { useIsDark } from '../app/use-theme.ts'
import { clockTime, date, number } from './text.ts'

export interface ChartSeries {
  readonly id: string
  readonly label: string
  readonly atMs: readonly number[]
  readonly value: readonly number[]
  /** Points further apart are not joined. */
  readonly gapMs: number
}

interface ChartMark {
  readonly atMs: number
  readonly label: string
  readonly severity: string
}

interface Props {
  readonly label: string
  readonly unit: string
  readonly series: readonly ChartSeries[]
  readonly marks?: readonly ChartMark[]
  readonly fromMs: number
  readonly toMs: number
  readonly onZoom?: (fromMs: number, toMs: number) => void
  readonly height?: number
}

const LIGHT = ['#4f46e5', '#0e7490', '#b45309', '#be185d', '#15803d', '#7c3aed', '#b91c1c', '#0369a1']
const DARK = ['#9a9bfb', '#22d3ee', '#fbbf24', '#f472b6', '#4ade80', '#c084fc', '#f87171', '#38bdf8']
/** Lines differ in dash as well as in colour. */
const DASHES = [[], [6, 3]]

const seriesColour = (index: number, dark: boolean): string => (dark ? DARK : LIGHT)[index % LIGHT.length] ?? '#888'
const dashOf = (index: number): number[] => DASHES[Math.floor(index / 4) % DASHES.length] ?? []

export function Chart({ label, unit, series, marks = [], fromMs, toMs, onZoom, height = 300 }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const latest = useRef({ marks, fromMs, toMs, onZoom })
  latest.current = { marks, fromMs, toMs, onZoom }
  const dark = useIsDark()
  const [width, setWidth] = useState(0)
  const names = series.map((one) => `${one.id}\u0000${one.label}`).join('\u0001')

  useEffect(() => {
    const element = place.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot is made anew for other lines, and fed below
  useEffect(() => {
    const element = place.current
    if (element === null || width === 0) return
    const axis = dark ? '#a5a7b3' : '#565762'
    const grid = dark ? '#23252b' : '#e5e5e9'
    const axisLook = {
      stroke: axis,
      grid: { stroke: grid, width: 1 },
      ticks: { stroke: grid, width: 1 },
      font: '11px Geist',
    }
    const made = new uPlot(
      {
        width,
        height,
        ms: 1,
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
        scales: { x: { time: true, range: () => [latest.current.fromMs, latest.current.toMs] } },
        axes: [
          { ...axisLook, values: timeLabels },
          { ...axisLook, size: 56, values: (_self, splits) => splits.map((value) => number(value)) },
        ],
        series: [
          {},
          ...series.map((one, index) => ({
            label: one.label,
            stroke: seriesColour(index, dark),
            dash: dashOf(index),
            width: 1.75,
            points: { show: false },
          })),
        ],
        hooks: {
          draw: [(self) => drawMarks(self, latest.current.marks, dark)],
          setSelect: [
            (self) => {
              const { left, width: selected } = self.select
              if (selected < 4) return
              latest.current.onZoom?.(self.posToVal(left, 'x'), self.posToVal(left + selected, 'x'))
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            },
          ],
        },
      },
      aligned(series),
      element,
    )
    plot.current = made
    return () => {
      made.destroy()
      plot.current = undefined
    }
  }, [names, width, height, dark])

  useEffect(() => {
    plot.current?.setData(aligned(series))
  }, [series])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other bounds and marks are drawn, the data stays
  useEffect(() => {
    plot.current?.setScale('x', { min: fromMs, max: toMs })
  }, [fromMs, toMs, marks])

  return (
    <figure className="min-w-0">
      <div
        ref={place}
        role="img"
        aria-label={`${label}, ${describe(series, unit)}`}
        className="w-full"
        style={{ height: `${height}px` }}
      />
    </figure>
  )
}

const DAY_S = 86_400
/** The ticks of the time axis: a day where days apart, a time of day else, with seconds where they are close. */
function timeLabels(_self: uPlot, splits: number[], _axis: number, _space: number, increment: number): string[] {
  return splits.map((at) => {
    if (increment / 1000 >= DAY_S) return date(at).replace(/ \d{4}$/, '')
    return increment / 1000 >= 60 ? clockTime(at).slice(0, 5) : clockTime(at)
  })
}

function describe(series: readonly ChartSeries[], unit: string): string {
  return series
    .map(
      ({ label, value }) =>
        `${label}: ${value.length === 0 ? 'no value' : `last ${number(value.at(-1) ?? 0)} ${unit}`}`,
    )
    .join('; ')
}

/** One time axis for all lines. `null` breaks a line; where a line merely has no point of that time stays undefined. */
function aligned(series: readonly ChartSeries[]): uPlot.AlignedData {
  if (series.length === 0) return [[]]
  const tables = series.map(({ atMs, value, gapMs }): uPlot.AlignedData => {
    const x: number[] = []
    const y: (number | null)[] = []
    atMs.forEach((at, index) => {
      const before = atMs[index - 1]
      if (before !== undefined && at - before > gapMs) {
        x.push(before + 1)
        y.push(null)
      }
      x.push(at)
      y.push(value[index] ?? null)
    })
    return [x, y]
  })
  return uPlot.join(tables)
}

function drawMarks(self: uPlot, marks: readonly ChartMark[], dark: boolean): void {
  const { ctx, bbox } = self
  ctx.save()
  for (const { atMs, severity } of marks) {
    const x = Math.round(self.valToPos(atMs, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.strokeStyle =
      severity === 'critical'
        ? dark
          ? '#fb8585'
          : '#c01c1c'
        : severity === 'warning'
          ? dark
            ? '#fbbf24'
            : '#8f5606'
          : dark
            ? '#85b4ff'
            : '#1d4fc4'
    ctx.fillStyle = ctx.strokeStyle
    ctx.globalAlpha = 0.28
    ctx.setLineDash([2, 4])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.globalAlpha = 1
    ctx.beginPath()
    ctx.moveTo(x - 4, bbox.top + bbox.height)
    ctx.lineTo(x + 4, bbox.top + bbox.height)
    ctx.lineTo(x, bbox.top + bbox.height - 7)
    ctx.fill()
  }
  ctx.restore()
}

/** Which line is which, with the last value in words. */
export function ChartLegend(props: {
  readonly series: readonly ChartSeries[]
  readonly unit: string
  readonly onPick?: (id: string) => void
}) {
  const dark = useIsDark()
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1.5 px-4 py-3 text-xs">
      {props.series.map(({ id, label, value, atMs }, index) => {
        const at = atMs.at(-1)
        return (
          <li
            key={id}
            className="flex items-center gap-2"
            title={at === undefined ? '' : `${date(at)}, ${clockTime(at)}`}
          >
            <svg viewBox="0 0 20 4" aria-hidden className="h-1 w-5 shrink-0">
              <line
                x1="0"
                y1="2"
                x2="20"
                y2="2"
                stroke={seriesColour(index, dark)}
                strokeWidth="2.5"
                strokeDasharray={dashOf(index).join(' ')}
              />
            </svg>
            <span>{label}</span>
            <span className="font-medium">
              {value.length === 0 ? '–' : number(value.at(-1) ?? 0)} {value.length > 0 && props.unit}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
