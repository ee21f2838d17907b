// Parts of a date from milliseconds since 1970, as operators over float64: NaN stays NaN, and whole numbers stay exact.
import type { DatePart } from '../model/feature-transform.ts';
import { exhaustive } from '../result.ts';
import type { GraphBuilder } from './graph-builder.ts';

const DAY_MS = 86_400_000;
/** From 0000-03-01 and from 0001-01-01 to 1970-01-01. */
const DAYS_FROM_MARCH = 719_468;
const DAYS_FROM_YEAR_ONE = 719_162;

/**
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days: years begin in March, so that the day of a
 * leap year is the last of it.
 */
export class DateGraph {
	readonly #builder: GraphBuilder;
	readonly #ms: string;
	#days: string | null = null;
	#calendar: { readonly year: string; readonly month: string; readonly day: string } | null = null;

	constructor(builder: GraphBuilder, ms: string) {
		this.#builder = builder;
		this.#ms = ms;
	}

	part(part: DatePart): string {
		switch (part) {
			case 'days':
				return this.days;
			case 'hour':
				return this.#per(this.#minus(this.#ms, this.#times(this.days, DAY_MS)), 3_600_000);
			case 'weekday':
				return this.#plus(this.#rest(this.#plus(this.days, 3), 7), 1);
			case 'year':
				return this.calendar.year;
			case 'month':
				return this.calendar.month;
			case 'day':
				return this.calendar.day;
			case 'day-of-year':
				return this.#dayOfYear();
			default:
				return exhaustive(part);
		}
	}

	get days(): string {
		return (this.#days ??= this.#per(this.#ms, DAY_MS));
	}

	get calendar(): { readonly year: string; readonly month: string; readonly day: string } {
		return (this.#calendar ??= this.#civil());
	}

	#civil(): { readonly year: string; readonly month: string; readonly day: string } {
		const since = this.#plus(this.days, DAYS_FROM_MARCH);
		const era = this.#per(since, 146_097);
		const dayOfEra = this.#minus(since, this.#times(era, 146_097));
		const leaps = this.#minus(
			this.#sum(this.#minus(dayOfEra, this.#per(dayOfEra, 1460)), this.#per(dayOfEra, 36_524)),
			this.#per(dayOfEra, 146_096)
		);
		const yearOfEra = this.#per(leaps, 365);
		const before = this.#minus(
			this.#sum(this.#times(yearOfEra, 365), this.#per(yearOfEra, 4)),
			this.#per(yearOfEra, 100)
		);
		const dayOfYear = this.#minus(dayOfEra, before);
		const march = this.#per(this.#plus(this.#times(dayOfYear, 5), 2), 153);
		const passed = this.#per(this.#plus(this.#times(march, 153), 2), 5);
		const isNextYear = this.#per(march, 10);
		return {
			year: this.#sum(this.#sum(yearOfEra, this.#times(era, 400)), isNextYear),
			month: this.#minus(this.#plus(march, 3), this.#times(isNextYear, 12)),
			day: this.#plus(this.#minus(dayOfYear, passed), 1)
		};
	}

	#dayOfYear(): string {
		const past = this.#plus(this.calendar.year, -1);
		const leaps = this.#sum(this.#minus(this.#per(past, 4), this.#per(past, 100)), this.#per(past, 400));
		const newYear = this.#plus(this.#sum(this.#times(past, 365), leaps), -DAYS_FROM_YEAR_ONE);
		return this.#plus(this.#minus(this.days, newYear), 1);
	}

	#rest(value: string, divisor: number): string {
		return this.#minus(value, this.#times(this.#per(value, divisor), divisor));
	}

	/** Rounded down. */
	#per(value: string, divisor: number): string {
		return this.#builder.add('Floor', [this.#builder.add('Div', [value, this.#number(divisor)])]);
	}

	#times(value: string, factor: number): string {
		return this.#builder.add('Mul', [value, this.#number(factor)]);
	}

	#plus(value: string, more: number): string {
		return this.#builder.add('Add', [value, this.#number(more)]);
	}

	#sum(one: string, other: string): string {
		return this.#builder.add('Add', [one, other]);
	}

	#minus(one: string, other: string): string {
		return this.#builder.add('Sub', [one, other]);
	}

	#number(value: number): string {
		return this.#builder.constant(Float64Array.of(value), []);
	}
}
