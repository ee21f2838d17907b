// From the engine's parse tree of a named query to the datasets that it reads, and to all for which no server could answer it as the page does.
import { textOf, treeOf, treesOf, type Tree } from '../lineage/tree.ts';
import { changingWords, isOwnTable, isRepeatable } from '../pipeline/repeatable.ts';
import type { StatementProblem } from './statement-problem.ts';

export type StatementReads = {
	/** In the order in which they are first read, as `datasetNamed` gives them. */
	readonly datasets: readonly string[];
	/** In the order of the SQL. */
	readonly problems: readonly StatementProblem[];
};

type Given = {
	/** Of one query, as `queryOf` gives it. */
	readonly tree: Tree;
	/** The name as the catalogue has it; null for what is no dataset. */
	readonly datasetNamed: (name: string) => string | null;
	/** Names of columns, in small letters, of whatever may be read. */
	readonly columns: ReadonlySet<string>;
	/** The engine's functions that depend on their arguments alone. */
	readonly pure: ReadonlySet<string>;
	readonly positionOf: (location: unknown) => number | null;
};

export function readStatement(given: Given): StatementReads {
	const reading = new Reading(given);
	reading.node(given.tree, new Set());
	if (reading.datasets.size === 0 && reading.problems.length === 0) reading.problems.push({ code: 'nothing-read' });
	return {
		datasets: [...reading.datasets],
		problems: reading.problems.toSorted((one, other) => placeOf(one) - placeOf(other))
	};
}

function placeOf(problem: StatementProblem): number {
	return ('position' in problem ? problem.position : null) ?? Infinity;
}

class Reading {
	readonly datasets = new Set<string>();
	readonly problems: StatementProblem[] = [];
	readonly #given: Given;

	constructor(given: Given) {
		this.#given = given;
	}

	/** `ctes` are the names that WITH gives to queries there, in small letters. */
	node(tree: Tree, ctes: ReadonlySet<string>): void {
		const known = new Set(ctes);
		for (const entry of treesOf(treeOf(tree['cte_map'])?.['map'])) {
			this.node(entry, known);
			known.add(textOf(entry['key']).toLowerCase());
		}
		// The second part of a recursive query reads the first by its name.
		if (tree['type'] === 'RECURSIVE_CTE_NODE') {
			this.#inside(tree['left'], known);
			this.#inside(tree['right'], new Set(known).add(textOf(tree['cte_name']).toLowerCase()));
			return;
		}
		this.#told(tree, known);
		// The name of a table function is told of its table, what it is given is like any other value.
		const { cte_map: _ctes, function: called, ...parts } = tree;
		for (const part of Object.values(parts)) this.#inside(part, known);
		this.#inside(tree['type'] === 'TABLE_FUNCTION' ? treeOf(called)?.['children'] : called, known);
	}

	#inside(value: unknown, ctes: ReadonlySet<string>): void {
		if (Array.isArray(value)) for (const one of value as readonly unknown[]) this.#inside(one, ctes);
		const tree = treeOf(value);
		if (tree) this.node(tree, ctes);
	}

	#told(tree: Tree, ctes: ReadonlySet<string>): void {
		const position = this.#given.positionOf(tree['query_location']);
		if (tree['sample']) this.problems.push({ code: 'sample', position });
		switch (tree['type']) {
			case 'BASE_TABLE':
				this.#table(tree, ctes, position);
				break;
			case 'SHOW_REF':
				if (!tree['query']) this.problems.push({ code: 'no-dataset', name: textOf(tree['table_name']), position });
				break;
			case 'TABLE_FUNCTION': {
				const name = textOf(treeOf(tree['function'])?.['function_name']).toLowerCase();
				if (!isOwnTable(name)) this.problems.push({ code: 'table-function', name, position });
				break;
			}
			case 'FUNCTION':
			case 'WINDOW_AGGREGATE':
				if (tree['is_operator'] !== true) this.#function(textOf(tree['function_name']).toLowerCase(), position);
				break;
			case 'COLUMN_REF':
				this.#column(tree['column_names'], position);
		}
	}

	#table(tree: Tree, ctes: ReadonlySet<string>, position: number | null): void {
		const { datasetNamed } = this.#given;
		const name = textOf(tree['table_name']);
		const isPlain = textOf(tree['schema_name']) === '' && textOf(tree['catalog_name']) === '';
		if (isPlain && ctes.has(name.toLowerCase())) return;
		const dataset = isPlain ? datasetNamed(name) : null;
		const isVersion = datasetNamed(name.replace(/@[^@]*$/, '')) !== null && name.includes('@');
		if (dataset !== null && !tree['at_clause']) this.datasets.add(dataset);
		else if (dataset !== null || isVersion) this.problems.push({ code: 'version', name, position });
		else this.problems.push({ code: 'no-dataset', name, position });
	}

	#function(name: string, position: number | null): void {
		if (/^predict(_|$)/.test(name)) this.problems.push({ code: 'model', name, position });
		else if (!isOwnTable(name) && !isRepeatable(name, this.#given.pure))
			this.problems.push({ code: 'changing', name: `${name}()`, position });
	}

	/** `current_date` and its like are written as columns are. */
	#column(names: unknown, position: number | null): void {
		const [name, ...more] = Array.isArray(names) ? (names as readonly unknown[]) : [];
		const word = textOf(name).toLowerCase();
		if (more.length === 0 && changingWords.has(word) && !this.#given.columns.has(word))
			this.problems.push({ code: 'changing', name: word, position });
	}
}
