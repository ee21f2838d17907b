// Ages as a suite writes them: 90s, 30m, 24h, 7d, 2w.

const unitMs: Readonly<Record<string, number>> = {
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
	w: 604_800_000
};

export function ageMs(text: string): number | null {
	const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)\s*([smhdw])$/.exec(text.trim()) ?? [];
	return amount === undefined ? null : Number(amount) * (unitMs[unit] ?? 0);
}
