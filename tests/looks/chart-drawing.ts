// A chart of a report as the page shows it, in both widths.
import { expect } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { RegionShapes } from '#core/report/edition.ts';
import ChartView from '#lib/ui/report/chart/ChartView.svelte';
import type { ChartSample } from '../chart-samples.ts';
import type { Drawing } from './look.ts';

export function drawingOf({ block, table }: ChartSample, shapes: RegionShapes | null = null): Drawing {
	return {
		widths: [640, 340],
		draw: async (frame) => {
			await render(ChartView, { target: frame, props: { block, table, totalRows: table.rowCount, shapes } });
			await expect.poll(() => frame.querySelectorAll('.host > svg, .nothing').length).toBe(1);
		},
		open: async (frame) => {
			const rows = frame.querySelector('details');
			if (!rows) return;
			rows.open = true;
			await expect.poll(() => rows.querySelector('tbody')).not.toBeNull();
		}
	};
}
