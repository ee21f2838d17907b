// The threshold rule: how far a number may be from the baseline's before it counts as changed.

export type DeviationRule = {
	/** Allowed share of the baseline's value, whatever its sign: 0.05 is five per cent. */
	readonly relative: number;
	/** Allowed distance where the baseline's value is 0, of which there is no share. */
	readonly floor: number;
};

export type Deviation = {
	readonly value: number;
	readonly baseline: number;
	readonly difference: number;
	readonly allowed: number;
	/** As a share of the baseline's value; null where that is 0. */
	readonly relative: number | null;
	readonly deviates: boolean;
};

/** NaN on one side alone deviates. */
export function deviationFrom(baseline: number, value: number, rule: DeviationRule): Deviation {
	const allowed = baseline === 0 ? rule.floor : Math.abs(baseline) * rule.relative;
	const difference = value - baseline;
	const isSame = value === baseline || (Number.isNaN(value) && Number.isNaN(baseline));
	return {
		value,
		baseline,
		difference,
		allowed,
		relative: baseline === 0 ? null : Math.abs(difference) / Math.abs(baseline),
		deviates: !isSame && !(Math.abs(difference) <= allowed)
	};
}
