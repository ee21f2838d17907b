// What a measurement was made on and what else the machine did, and which goals it missed, for the end of its report.
import { cpus, loadavg, totalmem } from 'node:os';

export type Goal = {
	readonly what: string;
	readonly got: number;
	readonly goal: number;
	/** Whether more or less than the goal misses it. */
	readonly misses: 'above' | 'below';
	readonly unit: string;
};

/** Read before a measurement begins: of what runs beside it, not of itself. */
export function loadBefore(): string {
	return (loadavg()[0] ?? 0).toFixed(2);
}

export function conditions(load: string): string {
	const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
	return (
		`${new Date().toISOString().slice(0, 10)}; ${machine}; Node ${process.version}; headless Chromium. ` +
		`Load of the machine in the minute before: ${load}.`
	);
}

export function goalsMissed(goals: readonly Goal[]): string {
	const missed = goals.filter(({ got, goal, misses }) => (misses === 'above' ? got > goal : got < goal));
	const lines = missed.map(
		({ what, got, goal, misses, unit }) =>
			`- ${what}: ${got.toFixed(2)}${unit}, goal at ${misses === 'above' ? 'most' : 'least'} ${goal}${unit}`
	);
	return `## Goals missed\n\n${lines.length > 0 ? lines.join('\n') : 'None.'}`;
}
