// A suite of another tool, told by its text: JSON of Great Expectations, or a data contract as YAML or JSON.
import { parse, YAMLError } from 'yaml';
import { err, type Result } from '../result.ts';
import { importDataContract, isDataContract } from './import-contract.ts';
import type { Imported, ImportSuiteFailure } from './exchange.ts';
import { importGxSuite, isGxSuite } from './gx-suite.ts';

/** Refuses texts whose aliases unfold to very much more than they are. */
const ALIASES_MAX = 100;

/** `object` names one of a contract with several. Fails: unreadable-suite */
export function importSuite(text: string, object: string | null): Result<Imported, ImportSuiteFailure> {
	let value: unknown;
	try {
		value = parse(text, { maxAliasCount: ALIASES_MAX });
	} catch (error) {
		if (!(error instanceof YAMLError || error instanceof ReferenceError)) throw error;
		return err({ kind: 'unreadable-suite', format: 'unknown', reason: error.message.split('\n')[0] ?? 'no YAML' });
	}
	if (isGxSuite(value)) return importGxSuite(value);
	if (isDataContract(value)) return importDataContract(value, object);
	const reason = 'it has neither expectations nor kind: DataContract';
	return err({ kind: 'unreadable-suite', format: 'unknown', reason });
}
