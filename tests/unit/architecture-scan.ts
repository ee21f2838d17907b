// Reads the project's sources and their imports, svelte scripts included, for the architecture test.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

export type Source = { readonly path: string; readonly text: string };
export type Import = {
	readonly specifier: string;
	/** Erased by the compiler: `import type`, or nothing but `type` names. */
	readonly isType: boolean;
	readonly isReExport: boolean;
};

const root = join(import.meta.dirname, '../..');
const ignored = /(^|\/)(node_modules|build|dist|golden)(\/|$)|^tools\/(duckdb-extensions|model-kernel)/;

/** Every script and component of the project, by its path from the root. */
export function readSources(): readonly Source[] {
	const inFolders = ['src', 'workers', 'edge', 'tests', 'tools'].flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
	);
	return [...inFolders, ...readdirSync(root)]
		.filter((path) => /\.(ts|svelte|mjs|js)$/.test(path) && !ignored.test(path))
		.sort()
		.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

export function importsOf(source: Source): readonly Import[] {
	return scriptsOf(source).flatMap((text) => {
		const found: Import[] = [];
		const visit = (node: ts.Node): void => {
			const told = importIn(node);
			if (told) found.push(told);
			ts.forEachChild(node, visit);
		};
		visit(ts.createSourceFile(source.path, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS));
		return found;
	});
}

/** A path from the root, without its query; null for a package. */
export function resolveImport(from: string, specifier: string): string | null {
	const plain = specifier.replace(/\?.*$/, '');
	const absolute = subpath(plain) ?? (plain.startsWith('.') ? posix.join(dirname(from), plain) : null);
	if (absolute === null) return null;
	// Written without its ending.
	return existsSync(join(root, absolute)) ? absolute : `${absolute}.ts`;
}

/** A component's template: what is left without its scripts, styles and comments. */
export function markupOf({ text }: Source): string {
	return text.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g, '');
}

function subpath(specifier: string): string | null {
	const folders = { '#core/': 'src/lib/core/', '#lib/': 'src/lib/', '#workers/': 'workers/', '#edge/': 'edge/' };
	for (const [start, folder] of Object.entries(folders))
		if (specifier.startsWith(start)) return folder + specifier.slice(start.length);
	return null;
}

function scriptsOf({ path, text }: Source): readonly string[] {
	if (!path.endsWith('.svelte')) return [text];
	return [...text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
}

function importIn(node: ts.Node): Import | null {
	if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
		return { specifier: node.moduleSpecifier.text, isType: isErased(node.importClause), isReExport: false };
	if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
		return { specifier: node.moduleSpecifier.text, isType: node.isTypeOnly, isReExport: true };
	if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
		return { specifier: node.argument.literal.text, isType: true, isReExport: false };
	if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
		const [specifier] = node.arguments;
		if (specifier && ts.isStringLiteral(specifier))
			return { specifier: specifier.text, isType: false, isReExport: false };
	}
	return null;
}

function isErased(clause: ts.ImportClause | undefined): boolean {
	if (!clause) return false;
	if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
	const { namedBindings: names } = clause;
	return !clause.name && !!names && ts.isNamedImports(names) && names.elements.every(({ isTypeOnly }) => isTypeOnly);
}
