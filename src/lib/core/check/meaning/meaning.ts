// What the values of a column are, beyond their type: told from a sample, with the share of values that agree.
import { isEmail, isIpv4, isIpv6, isUrl } from './addresses.ts';
import { isCardNumber, isIban } from './checksums.ts';
import { isDateText } from './dates.ts';

export type Meaning = 'e-mail' | 'iban' | 'card-number' | 'ipv4' | 'ipv6' | 'uuid' | 'url' | 'phone' | 'date-text';

export type InferredMeaning = {
	readonly meaning: Meaning;
	/** Of the sampled values that are not null nor empty, 0 to 1. */
	readonly share: number;
	readonly sampleCount: number;
	/** Values that disagree, at most 5: what to look at first. */
	readonly exceptions: readonly string[];
};

/** Stricter ones first: of two that fit equally well, the first says more. */
const detectors: readonly (readonly [Meaning, (text: string) => boolean])[] = [
	['uuid', (text) => /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i.test(text)],
	['iban', isIban],
	['card-number', isCardNumber],
	['e-mail', isEmail],
	['url', isUrl],
	['ipv4', isIpv4],
	['ipv6', isIpv6],
	['date-text', isDateText],
	['phone', isPhone]
];

/** The least share for which a meaning is told, and the least number of values. */
export const MEANING_SHARE_MIN = 0.8;
const SAMPLE_MIN = 3;
const EXCEPTIONS = 5;

/** Null where no meaning fits enough of the values. Numbers are given as texts. */
export function inferMeaning(sample: readonly (string | null)[], shareMin = MEANING_SHARE_MIN): InferredMeaning | null {
	const values = sample.flatMap((text) => (text === null || text.trim() === '' ? [] : [text.trim()]));
	if (values.length < SAMPLE_MIN) return null;
	let best: InferredMeaning | null = null;
	for (const [meaning, fits] of detectors) {
		const exceptions = values.filter((text) => !fits(text));
		const share = 1 - exceptions.length / values.length;
		if (share < shareMin || (best !== null && share <= best.share)) continue;
		best = { meaning, share, sampleCount: values.length, exceptions: exceptions.slice(0, EXCEPTIONS) };
	}
	return best;
}

/** International with `+` or `00`, or national with groups: 7 to 15 digits. Digits alone are a number. Source: ITU-T E.164. */
function isPhone(text: string): boolean {
	const digits = text.replace(/\D/g, '');
	if (digits.length < 7 || digits.length > 15 || !/^\+?[\d\s().\-/]+$/.test(text)) return false;
	if (/^(?:\+|00)[1-9]/.test(text)) return true;
	return (
		/^(?:\(\d{2,5}\)|0\d{1,5}|1?[-. ]?\d{3})[\s.\-/]/.test(text) && /^[\d(][\d() ]*(?:[\s.\-/]+\d{2,})+$/.test(text)
	);
}
