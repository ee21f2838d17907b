// What a person chooses of a boosting, and what of it makes no sense.
import { err, ok, type Result } from '../../result.ts';

/** `quantile` learns the value that a share `level` of the rows lies below; `absolute` is its middle. */
export type Loss =
	| { readonly kind: 'squared' }
	| { readonly kind: 'absolute' }
	| { readonly kind: 'quantile'; readonly level: number }
	| { readonly kind: 'poisson' }
	| { readonly kind: 'logistic' }
	| { readonly kind: 'softmax'; readonly classCount: number };

export type BoostingOptions = {
	/** At most; each grows one tree, or one a class. */
	readonly rounds: number;
	readonly learningRate: number;
	readonly maxLeaves: number;
	/** Null: as deep as the leaves allow. */
	readonly maxDepth: number | null;
	/** The fewest rows of a leaf. */
	readonly minLeaf: number;
	/** Added to the curvature of every leaf. */
	readonly l2: number;
	/** A split lowers the loss by more. */
	readonly minGain: number;
	/** Values of a feature are told apart in so many steps, up to 255. */
	readonly binCount: number;
	/** The share of the rows that a round sees, drawn anew for each. */
	readonly rowShare: number;
	/** The share of the features that a tree may ask. */
	readonly featureShare: number;
	/** Stops after so many rounds that did not lower the loss of the validation rows by `tolerance`; null never does. */
	readonly patience: number | null;
	readonly tolerance: number;
	/** A feature: 1 where outputs may only rise with it, -1 where they may only fall, 0 (or left out) where it is free. */
	readonly monotone: readonly number[];
	readonly seed: number;
};

export const BOOSTING_DEFAULTS: BoostingOptions = {
	rounds: 100,
	learningRate: 0.1,
	maxLeaves: 31,
	maxDepth: null,
	minLeaf: 20,
	l2: 0,
	minGain: 0,
	binCount: 255,
	rowShare: 1,
	featureShare: 1,
	patience: null,
	tolerance: 1e-7,
	monotone: [],
	seed: 42
};

export type BoostingOptionsFailure =
	| {
			readonly kind: 'option-out-of-range';
			readonly option: keyof BoostingOptions | 'level';
			readonly min: number;
			readonly max: number;
	  }
	/** Leaves of a quantile are set from their rows, and may break the rule. */
	| { readonly kind: 'monotone-quantile' }
	| { readonly kind: 'monotone-category'; readonly feature: number };

const ranges: readonly (readonly [keyof BoostingOptions, number, number])[] = [
	['rounds', 1, 10_000],
	['learningRate', 1e-4, 1],
	['maxLeaves', 2, 4096],
	['minLeaf', 1, 1e9],
	['l2', 0, 1e12],
	['minGain', 0, 1e300],
	['binCount', 2, 255],
	['rowShare', 0.01, 1],
	['featureShare', 0.01, 1],
	['tolerance', 0, 1e300]
];

/** The options as they are, or the first that makes no sense. */
export function checkBoostingOptions(
	options: BoostingOptions,
	loss: Loss,
	categoryCounts: readonly (number | null)[]
): Result<BoostingOptions, BoostingOptionsFailure> {
	for (const [option, min, max] of ranges) {
		const value = options[option];
		if (!(typeof value === 'number' && value >= min && value <= max))
			return err({ kind: 'option-out-of-range', option, min, max });
	}
	if (options.maxDepth !== null && !(options.maxDepth >= 1 && options.maxDepth <= 4096))
		return err({ kind: 'option-out-of-range', option: 'maxDepth', min: 1, max: 4096 });
	if (options.patience !== null && !(options.patience >= 1 && options.patience <= 10_000))
		return err({ kind: 'option-out-of-range', option: 'patience', min: 1, max: 10_000 });
	if (loss.kind === 'quantile' && !(loss.level > 0 && loss.level < 1))
		return err({ kind: 'option-out-of-range', option: 'level', min: 0.001, max: 0.999 });
	const isMonotone = options.monotone.some((direction) => direction !== 0);
	if (isMonotone && (loss.kind === 'quantile' || loss.kind === 'absolute')) return err({ kind: 'monotone-quantile' });
	const feature = options.monotone.findIndex(
		(direction, at) => direction !== 0 && (categoryCounts[at] ?? null) !== null
	);
	return feature < 0 ? ok(options) : err({ kind: 'monotone-category', feature });
}
