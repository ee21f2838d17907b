// What the edge answers instead of success: `{ "error": { "kind": … } }`, facts only, nothing about its insides.
import { array, literal, object, picklist, string, variant, type InferOutput } from 'valibot';

export const apiFailureSchema = variant('kind', [
	object({ kind: literal('not-found'), path: string() }),
	/** `fields` names what was missing or wrong, never the values given. */
	object({ kind: literal('invalid-request'), fields: array(string()) }),
	object({ kind: literal('unavailable'), stores: array(picklist(['database', 'objects'])) }),
	object({ kind: literal('internal') })
]);

export const failureAnswerSchema = object({ error: apiFailureSchema });

export type ApiFailure = InferOutput<typeof apiFailureSchema>;

export const statusByKind = {
	'not-found': 404,
	'invalid-request': 400,
	unavailable: 503,
	internal: 500
} as const satisfies Record<ApiFailure['kind'], number>;
