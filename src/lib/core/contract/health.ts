// Whether the edge and its stores answer.
import { integer, literal, number, object, pipe, string } from 'valibot';
import { endpoint } from './endpoint.ts';

export const health = endpoint({
	name: 'health',
	summary: 'Answers when the edge, its database and its object store work; `unavailable` names those that do not.',
	method: 'GET',
	path: '/api/v1/health',
	access: 'anyone',
	request: object({}),
	response: object({
		version: string(),
		protocol: pipe(number(), integer()),
		database: literal('ok'),
		objects: literal('ok')
	}),
	failures: []
});
