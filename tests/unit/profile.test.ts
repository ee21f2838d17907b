import { expect, test } from 'vitest';
import {
	HISTOGRAM_BINS,
	decodeProfile,
	distinctSql,
	histogramSql,
	quantileTextsSql,
	summarySql,
	topValuesSql
} from '#core/profile/profile-sql.ts';

const amount = { name: 'amount', type: 'DOUBLE', expression: '"amount"' };
const kind = { name: 'kind', type: 'VARCHAR', expression: '"kind"' };

test('one pass over the source tells what a single pass can', () => {
	expect(summarySql('t', amount)).toContain('stddev_samp');
	expect(summarySql('t', kind)).not.toContain('approx_quantile');
	expect(summarySql('t', { ...kind, type: 'INTEGER[]' })).toContain('NULL AS low_text');
	for (const column of [amount, kind]) expect(summarySql('t', column).match(/ FROM /g)).toHaveLength(1);
});

test('a histogram needs more than one value', () => {
	expect(histogramSql('t', amount, { low: 1, high: 1 })).toBeNull();
	expect(histogramSql('t', amount, { low: null, high: null })).toBeNull();
	expect(histogramSql('t', amount, { low: -1e308, high: 1e308 })).toBeNull();
	expect(histogramSql('t', kind, { low: 1, high: 2 })).toBeNull();
	expect(histogramSql('t', amount, { low: 0, high: 24 })).toContain('GROUP BY bin');
});

test('the most frequent of very many values are estimated before they are counted', () => {
	expect(topValuesSql('t', kind, { distinct_count: 10n, value_count: 10n })).not.toContain('approx_top_k');
	expect(topValuesSql('t', kind, { distinct_count: 5_000_000n, value_count: 9_000_000n })).toContain('approx_top_k');
	expect(topValuesSql('t', amount, { distinct_count: 5000n, value_count: 9000n })).toBeNull();
	expect(topValuesSql('t', kind, { distinct_count: 0n, value_count: 0n })).toBeNull();
});

test('different values are counted where that is bounded, and estimated elsewhere', () => {
	expect(distinctSql('t', amount, { distinct_count: 5_000_000n })).toContain('count(DISTINCT "amount")');
	expect(distinctSql('t', amount, { distinct_count: 9_000_000n })).toBeNull();
	expect(distinctSql('t', kind, { distinct_count: 1_000_000n, usual_bytes: 60 })).toContain('count(DISTINCT');
	expect(distinctSql('t', kind, { distinct_count: 1_000_000n, usual_bytes: 4000 })).toBeNull();
	const estimated = { summary: { row_count: 10n, value_count: 8n, distinct_count: 9n }, distinct: null };
	expect(decodeProfile(kind, 'full', { ...estimated, quantiles: null, bins: null, top: null })).toMatchObject({
		distinctCount: 8,
		isDistinctExact: false
	});
});

test('quantiles are texts of the column', () => {
	expect(quantileTextsSql('DATE', { quantile_numbers: [0] })).toContain('AS DATE');
	expect(quantileTextsSql('DOUBLE', { quantile_numbers: null })).toBeNull();
});

test('answers become a profile', () => {
	const summary = {
		row_count: 10n,
		value_count: 8n,
		distinct_count: 9n,
		low_text: '0.5',
		high_text: '24.5',
		low: 0.5,
		high: 24.5,
		mean: 3,
		deviation: 1
	};
	const quantiles = { q0: '1', q1: '2', q2: '3', q3: '4', q4: '5' };
	const profile = decodeProfile(amount, 'full', {
		summary,
		distinct: { n: 7n },
		quantiles,
		bins: [
			{ bin: 0, n: 7n },
			{ bin: 23, n: 1n }
		],
		top: null
	});
	expect(profile).toMatchObject({
		nullCount: 2,
		distinctCount: 7,
		isDistinctExact: true,
		min: '0.5',
		quantiles: ['1', '2', '3', '4', '5'],
		mean: 3,
		lengths: null,
		topValues: null
	});
	expect(profile.histogram?.counts).toHaveLength(HISTOGRAM_BINS);
	expect(profile.histogram?.counts.at(0)).toBe(7);
	expect(profile.histogram?.counts.at(-1)).toBe(1);
});
