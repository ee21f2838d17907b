// An API that misbehaves on purpose, the same way for the same seed: in memory for unit tests, over HTTP for stories.

export type ApiRow = { readonly id: number; readonly name: string; readonly at: string; readonly more?: string };
export type ApiPaging = 'offset' | 'page' | 'cursor' | 'link' | 'next';
export type Fault = '429' | '429-after' | '500' | 'timeout' | 'drip' | 'cut-off' | 'html' | 'error-inside';
export const faults: readonly Fault[] = [
	'429',
	'429-after',
	'500',
	'timeout',
	'drip',
	'cut-off',
	'html',
	'error-inside'
];

export type ApiInput = {
	readonly paging: ApiPaging;
	/** What it really gives, whatever is asked for. */
	readonly size: number;
	readonly random: () => number;
	/** 0..1 of answers. */
	readonly faultRatio: number;
	/** What it knows; a test changes it while it is asked. */
	readonly rows: ApiRow[];
	/** Told before each answer. */
	readonly onAsk?: () => void;
};

export const API = 'https://api.example.org/rows';

export function misbehavingApi({ paging, size, random, faultRatio, rows, onAsk }: ApiInput) {
	return (text: string): Response => {
		onAsk?.();
		if (random() < faultRatio) {
			const fault = faults[Math.floor(random() * faults.length)] ?? '500';
			return faulty(fault);
		}
		const url = new URL(text);
		const since = url.searchParams.get('since');
		const known = since === null ? rows : rows.filter(({ at }) => at >= since);
		const number = (name: string, usual: number): number => Number(url.searchParams.get(name) ?? usual);
		const from =
			paging === 'page' ? (number('page', 1) - 1) * size : number(paging === 'offset' ? 'offset' : 'after', 0);
		const some = known.slice(from, from + size);
		const to = from + some.length;
		const hasMore = to < known.length;
		url.searchParams.set('after', String(to));
		const body = {
			items: some,
			...(paging === 'cursor' && { next_cursor: hasMore ? String(to) : null }),
			...(paging === 'next' && { next: hasMore ? url.href : null })
		};
		const headers = {
			'content-type': 'application/json',
			...(paging === 'link' && hasMore && { link: `<${url.href}>; rel="next"` })
		};
		return new Response(JSON.stringify(body), { headers });
	};
}

/** As the network would answer, or fail. */
export function overNetwork(answer: () => Response): Promise<Response> {
	return new Promise((resolve) => resolve(answer()));
}

export function faulty(fault: Fault): Response {
	switch (fault) {
		case '429':
			return new Response('slow down', { status: 429 });
		case '429-after':
			return new Response('slow down', { status: 429, headers: { 'retry-after': '2' } });
		case '500':
			return new Response('oh', { status: 500 });
		case 'timeout':
			throw new DOMException('late', 'TimeoutError');
		case 'drip':
			return new Response(dripping());
		case 'cut-off':
			return new Response('{"items":[{"id":1,"na', { headers: { 'content-type': 'application/json' } });
		case 'html':
			return new Response('<!doctype html><title>Maintenance</title>');
		case 'error-inside':
			return new Response('{"error":{"code":"busy"},"items":[]}');
	}
}

/** Begins, and goes on so slowly that whoever asked gives up. */
function dripping(): ReadableStream<Uint8Array> {
	let begun = 0;
	return new ReadableStream({
		pull(controller) {
			if (begun++ < 3) controller.enqueue(new TextEncoder().encode('{"items":['.slice(begun - 1, begun)));
			else controller.error(new DOMException('late', 'TimeoutError'));
		}
	});
}
