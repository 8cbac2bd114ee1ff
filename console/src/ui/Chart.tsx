import { scaleLinear } from 'd3-scale'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { downloadFile, svgToPng, toCsv } from '@/lib/download'
import { Button } from './Button'
import { Menu } from './Menu'
import { Table } from './Table'

/** What a chart shows, as a table: for reading, for screen readers and for the CSV file. */
export interface ChartTable {
  columns: readonly string[]
  rows: readonly (readonly (string | number)[])[]
}

/** The width there is for an element, in pixels. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(600)
  useEffect(() => {
    const element = ref.current
    if (!element || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(
      ([entry]) => entry && setWidth(Math.max(240, entry.contentRect.width)),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, width }
}

/** The frame of every chart: its title, the same numbers as a table, and both as files. */
export function ChartFrame({
  title,
  table,
  height,
  legend,
  draw,
}: {
  title: string
  table: ChartTable
  height: number
  legend?: readonly string[]
  draw: (width: number) => ReactNode
}) {
  const { t } = useTranslation()
  const { ref, width } = useWidth()
  const svg = useRef<SVGSVGElement>(null)
  const [isTable, setTable] = useState(false)

  async function savePng() {
    if (svg.current) downloadFile(`${title}.png`, await svgToPng(svg.current))
  }
  function saveCsv() {
    downloadFile(`${title}.csv`, new Blob([toCsv(table.columns, table.rows)], { type: 'text/csv' }))
  }

  return (
    <figure className="flex min-w-0 flex-col gap-2">
      <figcaption className="flex items-center justify-between gap-2">
        <span className="font-semibold">{title}</span>
        <span className="flex items-center">
          <Button look="quiet" onClick={() => setTable(!isTable)}>
            {isTable ? t('showChart') : t('showTable')}
          </Button>
          <Menu
            label={`${title}: ${t('actions')}`}
            items={[
              { label: t('downloadPng'), isDisabled: isTable, onSelect: () => void savePng() },
              { label: t('downloadCsv'), onSelect: saveCsv },
            ]}
          >
            <span aria-hidden="true">⋯</span>
          </Menu>
        </span>
      </figcaption>
      <div ref={ref} className="min-w-0">
        {isTable ? (
          <Table<readonly (string | number)[]>
            label={title}
            columns={table.columns.map((name, index) => ({
              key: name,
              title: name,
              isNumber: index > 0,
              cell: (row) => row[index],
            }))}
            items={table.rows}
            keyOf={(row) => String(row[0])}
          />
        ) : (
          <svg
            ref={svg}
            role="img"
            aria-label={title}
            width={width}
            height={height}
            className="block max-w-full"
          >
            {draw(width)}
          </svg>
        )}
      </div>
      {legend && legend.length > 1 && !isTable && (
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {legend.map((name, index) => (
            <li key={name} className="flex items-center gap-1.5">
              <span
                aria-hidden="true"
                className="size-3 rounded-sm"
                style={{ background: seriesColour(index) }}
              />
              {name}
            </li>
          ))}
        </ul>
      )}
    </figure>
  )
}

export function seriesColour(index: number): string {
  return `var(--series-${(index % 6) + 1})`
}

/** Lines across the chart at round values, with their numbers on the left. */
export function ValueGrid({
  maximum,
  width,
  top,
  bottom,
  left,
  format,
}: {
  maximum: number
  width: number
  top: number
  bottom: number
  left: number
  format: (value: number) => string
}) {
  const scale = scaleLinear([0, maximum], [bottom, top])
  return scale.ticks(4).map((tick) => (
    <g key={tick}>
      <line x1={left} x2={width} y1={scale(tick)} y2={scale(tick)} stroke="var(--line)" />
      <text x={left - 6} y={scale(tick) + 4} textAnchor="end" fontSize={12} fill="var(--ink-soft)">
        {format(tick)}
      </text>
    </g>
  ))
}
