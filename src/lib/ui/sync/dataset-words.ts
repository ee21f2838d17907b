// How one dataset stands in a synced workspace, in a few words.
import type { DatasetChoice } from '#core/sync/sync-choice.ts';
import type { Syncing } from '#lib/state/syncing.svelte.ts';

type One = Extract<NonNullable<Syncing['state']>, { kind: 'on' }>['datasets'][number];

export function datasetWords({ state, versions, here, notHere }: One): {
	readonly tone: 'good' | 'plain' | 'warn';
	readonly text: string;
} {
	const elsewhere = notHere === 0 ? '' : `, ${versionsText(notHere)} on the server alone or let go`;
	const parts = `${versionsText(here)} here${elsewhere}`;
	switch (state) {
		case 'in-step':
			return { tone: 'good', text: `In step: ${parts}` };
		case 'waiting':
			return {
				tone: 'plain',
				text: `${versions === 0 ? 'Its branches or its name wait' : `${versionsText(versions)} to be sent`}: ${parts}`
			};
		case 'stopped':
			return { tone: 'warn', text: `Stopped, see above: ${parts}` };
		case 'away':
			return { tone: 'plain', text: 'On the server alone' };
		case 'here':
			return { tone: 'plain', text: `On this device alone: ${versionsText(here)}` };
		case 'removed':
			return { tone: 'plain', text: 'Removed here, and not yet there' };
	}
}

const DEPTHS = [1, 5, 20, 100];

export function depthOptions({ newest }: Pick<DatasetChoice, 'newest'>): readonly {
	readonly value: string;
	readonly label: string;
}[] {
	const depths = [...new Set([...DEPTHS, ...(newest === null ? [] : [newest])])].sort((one, other) => one - other);
	return [
		{ value: 'all', label: 'All versions' },
		...depths.map((depth) => ({
			value: String(depth),
			label: depth === 1 ? 'The newest version' : `The newest ${depth.toLocaleString('en')}`
		})),
		{ value: 'none', label: 'Not here' }
	];
}

function versionsText(count: number): string {
	return count === 1 ? '1 version' : `${count.toLocaleString('en')} versions`;
}
