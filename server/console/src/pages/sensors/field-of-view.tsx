/** Detections as boxes in a wire-frame of the field of view; over the picture where one was granted. */
import type { ReactNode } from 'react'
import { plural } from '../../design/text.ts'
import { Ago } from '../../design/time.tsx'
import type { Detections } from './recent.ts'

interface Props {
  readonly detections: Detections
  /** A picture of the same imager to draw over. */
  readonly picture?: ReactNode
  /** When that picture came: it is older than the boxes. */
  readonly pictureAtMs?: number | undefined
  readonly compact?: boolean
}

const THIRDS = [1 / 3, 2 / 3]

export function FieldOfView({ detections, picture, pictureAtMs, compact = false }: Props) {
  const { widthPixels: width, heightPixels: height, boxes } = detections
  const unit = width / 100
  const said = boxes.map((box) => `${box.class} ${Math.round(box.score * 100)} %`).join(', ')
  return (
    <figure className="relative overflow-hidden rounded-md border border-line bg-sunken">
      {picture !== undefined && (
        <div
          className="absolute inset-x-0 top-0 [&>*]:size-full [&>img]:rounded-none [&>img]:border-0 [&>img]:object-fill"
          style={{ aspectRatio: `${width} / ${height}` }}
        >
          {picture}
        </div>
      )}
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${plural(boxes.length, 'detection')}${said === '' ? '' : `: ${said}`}`}
        className="relative block w-full"
      >
        {picture === undefined && (
          <g className="text-line-strong" stroke="currentColor" strokeWidth={unit * 0.25} fill="none">
            {THIRDS.map((part) => (
              <g key={part} strokeDasharray={`${unit} ${unit}`}>
                <line x1={width * part} y1="0" x2={width * part} y2={height} />
                <line x1="0" y1={height * part} x2={width} y2={height * part} />
              </g>
            ))}
            <path
              d={`M${width / 2 - unit * 2} ${height / 2}h${unit * 4}M${width / 2} ${height / 2 - unit * 2}v${unit * 4}`}
            />
          </g>
        )}
        {boxes.map((box) => (
          <g key={`${box.x}/${box.y}/${box.width}/${box.class}`} className="text-accent">
            <rect
              x={box.x}
              y={box.y}
              width={box.width}
              height={box.height}
              fill="currentColor"
              fillOpacity="0.12"
              stroke="currentColor"
              strokeWidth={unit * 0.5}
              rx={unit * 0.5}
            />
            {!compact && (
              <text
                x={box.x + unit}
                y={Math.max(unit * 4, box.y - unit)}
                fontSize={unit * 3.2}
                fill="currentColor"
                stroke="var(--color-surface)"
                strokeWidth={unit * 0.6}
                paintOrder="stroke"
                className="font-mono"
              >
                {box.class} {Math.round(box.score * 100)}
              </text>
            )}
          </g>
        ))}
      </svg>
      <figcaption className="relative flex justify-between gap-3 bg-sunken px-2.5 py-1.5 font-mono text-2xs text-muted">
        <span>
          {plural(boxes.length, 'detection')}
          {pictureAtMs !== undefined && (
            <>
              {' '}
              · picture <Ago atMs={pictureAtMs} />
            </>
          )}
        </span>
        <span>
          {width} × {height}
        </span>
      </figcaption>
    </figure>
  )
}
