import { scaleLinear } from 'd3-scale'
import { formatCount } from '@/lib/format'
import { ChartFrame, seriesColour } from './Chart'

export interface Bar {
  label: string
  value: number
  /** Where the true value lies with 95 % confidence. */
  interval?: readonly [number, number]
  /** Said beside the value: a rate, a difference. */
  note?: string
}

const kRow = 34

/** Bars from the left, one a row, each with its value; intervals as whiskers. */
export function BarChart({
  title,
  bars,
  formatValue = formatCount,
  valueName,
}: {
  title: string
  bars: readonly Bar[]
  formatValue?: (value: number) => string
  valueName: string
}) {
  const largest = Math.max(0, ...bars.map((bar) => bar.interval?.[1] ?? bar.value)) || 1
  const hasIntervals = bars.some((bar) => bar.interval)
  return (
    <ChartFrame
      title={title}
      height={bars.length * kRow + 4}
      table={{
        columns: hasIntervals ? ['', valueName, 'from', 'to'] : ['', valueName],
        rows: bars.map((bar) =>
          hasIntervals
            ? [bar.label, bar.value, bar.interval?.[0] ?? bar.value, bar.interval?.[1] ?? bar.value]
            : [bar.label, bar.value],
        ),
      }}
      draw={(width) => {
        const left = Math.min(190, width * 0.36)
        const scale = scaleLinear([0, largest], [0, Math.max(20, width - left - 120)])
        return bars.map((bar, index) => {
          const y = index * kRow
          const end = left + scale(Math.max(bar.value, bar.interval?.[1] ?? 0))
          return (
            <g key={bar.label}>
              <text x={left - 8} y={y + 21} textAnchor="end" fontSize={13} fill="var(--ink)">
                {bar.label.length > left / 7 ? `${bar.label.slice(0, Math.floor(left / 7) - 1)}…` : bar.label}
                <title>{bar.label}</title>
              </text>
              <rect
                x={left}
                y={y + 6}
                width={Math.max(1, scale(bar.value))}
                height={20}
                rx={3}
                fill={seriesColour(0)}
              />
              {bar.interval && (
                <path
                  d={`M${left + scale(bar.interval[0])},${y + 16}H${left + scale(bar.interval[1])}m0,-5v10M${left + scale(bar.interval[0])},${y + 11}v10`}
                  stroke="var(--ink)"
                  strokeWidth={1.5}
                  fill="none"
                />
              )}
              <text x={end + 8} y={y + 21} fontSize={13} fill="var(--ink)">
                {formatValue(bar.value)}
                {bar.note ? ` ${bar.note}` : ''}
              </text>
            </g>
          )
        })
      }}
    />
  )
}
