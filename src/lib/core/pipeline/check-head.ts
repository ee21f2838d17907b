// What must hold of the head of a pipeline: its parameters, environments, partitions and schedule.
import type { YamlText } from '../document/yaml-text.ts';
import type { Tell } from './check-outputs.ts';
import type { Pipeline } from './pipeline.ts';
import { nearestOf } from './problem.ts';
import { valueOfType } from './references.ts';
import { isTimeZone, parseCron } from './schedule.ts';

export function checkParams(pipeline: Pipeline, yaml: YamlText, tell: Tell): void {
	for (const { name, type, default: value } of pipeline.params) {
		if (value !== undefined && valueOfType(type, value) === undefined)
			tell(['params', name, 'default'], { code: 'bad-value', name, type, value: String(value) });
		if (!/^[A-Za-z_]\w*$/.test(name))
			tell(['params', name], { code: 'bad-id', value: name }, yaml.placeOfKey(['params'], name));
	}
	const known = Object.keys(pipeline.env);
	for (const [environment, values] of Object.entries(pipeline.environments))
		for (const name of Object.keys(values))
			if (!known.includes(name)) {
				const path = ['environments', environment];
				const nearest = nearestOf(name, known);
				tell([...path, name], { code: 'unknown-key', key: name, nearest }, yaml.placeOfKey(path, name));
			}
	const { partitions, params } = pipeline;
	if (!partitions) return;
	const names = params.map(({ name }) => name);
	if (!names.includes(partitions.param)) {
		const name = `params.${partitions.param}`;
		tell(['partitions', 'param'], { code: 'unknown-reference', name, nearest: nearestOf(name, names) });
	}
	if (partitions.by === 'list' && partitions.values.length === 0)
		tell(['partitions'], { code: 'missing-key', key: 'values' });
	if (partitions.from !== null && valueOfType('date', partitions.from) === undefined)
		tell(['partitions', 'from'], { code: 'bad-value', name: 'from', type: 'date', value: partitions.from });
}

export function checkSchedule({ schedule }: Pipeline, tell: Tell): void {
	if (!schedule) return;
	if (!isTimeZone(schedule.timeZone)) {
		tell(['schedule', 'time_zone'], { code: 'bad-time-zone', value: schedule.timeZone });
		return;
	}
	if (schedule.cron === null && schedule.onVersion.length === 0 && schedule.onFile === null)
		tell(['schedule'], { code: 'one-of', keys: ['cron', 'on_version', 'on_file'], given: [] });
	if (schedule.cron === null) return;
	const cron = parseCron(schedule.cron, schedule.timeZone);
	if (!cron.ok) tell(['schedule', 'cron'], { code: 'bad-cron', reason: cron.error.reason });
}
