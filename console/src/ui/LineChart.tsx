import { scaleLinear, scaleTime } from 'd3-scale'
import { line } from 'd3-shape'
import { formatCount } from '@/lib/format'
import { ChartFrame, seriesColour, ValueGrid } from './Chart'

export interface Series {
  name: string
  values: readonly number[]
}

const kHeight = 220
const kTop = 12
const kBottom = kHeight - 26
const kLeft = 48

/** Values over time, or over any numbers: `points` are moments (Date) or numbers, the same for all series. */
export function LineChart({
  title,
  points,
  series,
  formatPoint,
  formatValue = (value) => formatCount(value, 'short'),
}: {
  title: string
  points: readonly (Date | number)[]
  series: readonly Series[]
  formatPoint: (point: Date | number) => string
  formatValue?: (value: number) => string
}) {
  const largest = Math.max(0, ...series.flatMap((one) => one.values))
  const scaleY = scaleLinear([0, largest || 1], [kBottom, kTop]).nice(4)
  const maximum = scaleY.domain()[1] ?? 1
  return (
    <ChartFrame
      title={title}
      height={kHeight}
      legend={series.map((one) => one.name)}
      table={{
        columns: ['', ...series.map((one) => one.name)],
        rows: points.map((point, index) => [
          formatPoint(point),
          ...series.map((one) => one.values[index] ?? 0),
        ]),
      }}
      draw={(width) => {
        const ends: [number, number] = [Number(points[0] ?? 0), Number(points.at(-1) ?? 1)]
        const scaleX =
          points[0] instanceof Date
            ? scaleTime(ends, [kLeft, width - 8])
            : scaleLinear(ends, [kLeft, width - 8])
        const ticks = points.filter(
          (_, index) => index % Math.max(1, Math.ceil(points.length / (width / 110))) === 0,
        )
        return (
          <>
            <ValueGrid
              maximum={maximum}
              width={width}
              top={kTop}
              bottom={kBottom}
              left={kLeft}
              format={formatValue}
            />
            {ticks.map((point) => (
              <text
                key={Number(point)}
                x={scaleX(point)}
                y={kHeight - 6}
                textAnchor="middle"
                fontSize={12}
                fill="var(--ink-soft)"
              >
                {formatPoint(point)}
              </text>
            ))}
            {series.map((one, index) => (
              <path
                key={one.name}
                d={
                  line<number>()
                    .x((_, at) => scaleX(points[at] ?? 0))
                    .y((value) => scaleY(value))(one.values as number[]) ?? ''
                }
                fill="none"
                stroke={seriesColour(index)}
                strokeWidth={2}
              />
            ))}
          </>
        )
      }}
    />
  )
}
