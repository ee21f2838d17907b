// What starts a run by itself: a new file of a watched folder; and what is said when it cannot begin.
import { expect, test } from 'vitest';
import { newFiles, type WatchedFile } from '#core/pipeline/watched-file.ts';
import { err, ok } from '#core/result.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import { createRunner } from '#lib/flows/pipeline-runner.ts';
import { savePipeline } from '#lib/flows/pipelines.ts';
import { listSchedules, runDue } from '#lib/flows/schedules.ts';
import { testEffects } from './effects.ts';

const file = (path: string, sizeBytes = 1, modifiedMs = 1): WatchedFile => ({ path, sizeBytes, modifiedMs });

test('a file is new once it has stopped to grow, and again when it was changed; what was there first is not', () => {
	const first = newFiles([file('a.csv')], '*.csv', null);
	expect(first.fresh).toEqual([]);
	const grows = newFiles([file('a.csv'), file('b.csv', 1), file('c.txt')], '*.csv', first);
	expect(grows.fresh).toEqual([]);
	const still = newFiles([file('a.csv'), file('b.csv', 9)], '*.csv', grows);
	expect(still.fresh).toEqual([]);
	const whole = newFiles([file('a.csv'), file('b.csv', 9)], '*.csv', still);
	expect(whole.fresh).toEqual([file('b.csv', 9)]);
	expect(newFiles([file('a.csv'), file('b.csv', 9)], '*.csv', whole).fresh).toEqual([]);
	const changed = newFiles([file('a.csv', 1, 2)], '*.csv', whole);
	expect(newFiles([file('a.csv', 1, 2)], '*.csv', changed).fresh).toEqual([file('a.csv', 1, 2)]);
	expect(newFiles([file('a+b.csv')], 'a+?.csv', { done: {}, last: { 'a+b.csv': '1 1' } }).fresh).toHaveLength(1);
});

test('a new file starts one run that knows it, and why a folder cannot be read is kept until it can', async () => {
	const seen: { files: readonly WatchedFile[] | null } = { files: [] };
	const base = testEffects();
	const effects = {
		...base,
		folders: {
			...base.folders,
			files: (folder: string) =>
				Promise.resolve(seen.files ? ok(seen.files) : err({ kind: 'folder-not-allowed', folder } as const)),
			file: () => Promise.resolve(ok(new File(['a\n1'], 'a.csv')))
		}
	};
	const text = `name: inbox
schedule: { on_file: { folder: in, pattern: "*.csv" } }
steps: [{ id: read, kind: ingest, folder: in, file: "\${{ run.file }}", into: rows }]
`;
	expect((await savePipeline({ text }, effects)).ok).toBe(true);
	const runner = createRunner(effects, new Breakers(effects));
	const due = async (): Promise<readonly unknown[]> => {
		const ran = await runDue({ openSinceMs: 0 }, effects, runner);
		return ran.ok ? ran.value.map(({ id, file: of, cause }) => [id, of, cause.kind]) : [ran.error.kind];
	};
	const failure = async (): Promise<unknown> => {
		const all = await listSchedules(effects, runner);
		return all.ok ? all.value[0]?.failure?.kind : all.error;
	};
	expect(await due()).toEqual([]);
	seen.files = [file('a.csv')];
	expect(await due()).toEqual([]);
	expect(await due()).toEqual([['inbox in/a.csv 1 1', 'a.csv', 'file']]);
	expect(await due()).toEqual([]);
	seen.files = null;
	expect(await due()).toEqual(['folder-not-allowed']);
	expect(await failure()).toBe('folder-not-allowed');
	seen.files = [file('a.csv')];
	expect(await due()).toEqual([]);
	expect(await failure()).toBeUndefined();
});
