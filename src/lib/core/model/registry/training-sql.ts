// The rows of a training as its plan takes them: each column as what it is used as, as it will be when the model is served.
import { quoteName } from '../../sql/quote.ts';
import { typeFamily } from '../../sql/types.ts';
import type { Column } from '../../version/version.ts';
import type { FittedColumn } from '../feature-transform.ts';
import { learnsClasses, type TrainingPlan } from '../training/plan.ts';

/** Columns that the rows lack are left out: the trainer names them. */
export function trainingSql(sql: string, plan: TrainingPlan, schema: readonly Column[]): string {
	const casts = new Map(plan.features.map(({ name, as }) => [name, castOf[as]]));
	const selected: string[] = [];
	for (const { name, type } of schema) {
		const cast = casts.get(name);
		if (cast !== undefined) selected.push(`${cast(quoteName(name))} AS ${quoteName(name)}`);
		else if (name === plan.target)
			selected.push(`${targetSql(name, type, learnsClasses(plan.learner))} AS ${quoteName(name)}`);
		else if (name === plan.splitColumn || name === plan.weights) selected.push(quoteName(name));
	}
	return `SELECT ${selected.length > 0 ? selected.join(', ') : '*'} FROM (${sql.replace(/;\s*$/, '')}\n) AS training`;
}

/** The columns of a trained model alone, as what each is used as. */
export function featureRowsSql(sql: string, columns: readonly Pick<FittedColumn, 'name' | 'kind'>[]): string {
	const selected = columns.map(({ name, kind }) => `${castOf[kind](quoteName(name))} AS ${quoteName(name)}`);
	return `SELECT ${selected.join(', ')} FROM (${sql.replace(/;\s*$/, '')}\n) AS training`;
}

const castOf = {
	number: (name: string) => `TRY_CAST(${name} AS DOUBLE)`,
	boolean: (name: string) => `CAST(${name} AS BOOLEAN)`,
	date: (name: string) => `CAST(${name} AS TIMESTAMP)`,
	category: (name: string) => `CAST(${name} AS VARCHAR)`
} as const;

/** Classes that are numbers or truth values stay so; others are texts. */
function targetSql(name: string, type: string, isOfClasses: boolean): string {
	const family = typeFamily(type);
	if (!isOfClasses) return `TRY_CAST(${quoteName(name)} AS DOUBLE)`;
	if (family === 'boolean') return quoteName(name);
	return family === 'number' ? `CAST(${quoteName(name)} AS DOUBLE)` : `CAST(${quoteName(name)} AS VARCHAR)`;
}
