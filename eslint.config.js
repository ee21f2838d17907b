import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

// The benchmark's peers, which the campaign uses too, are installed only when it runs, and some have no types.
const untyped = ['**/*.js', '**/*.mjs', '**/*.svelte', 'tests/bench/**', 'tests/campaign/**'];

export default defineConfig(
	{
		ignores: [
			'.cache/',
			'.svelte-kit/',
			'.wrangler/',
			'build/',
			'coverage/',
			'test-results/',
			'tests/bench/node_modules/',
			'tools/duckdb-extensions/',
			// AssemblyScript, which only looks like TypeScript.
			'tools/model-kernel/*.ts',
			'tools/model-kernel/node_modules/'
		]
	},
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	js.configs.recommended,
	ts.configs.strictTypeChecked,
	svelte.configs.recommended,
	prettier,
	svelte.configs.prettier,
	{
		languageOptions: {
			globals: { ...globals.browser, ...globals.worker, ...globals.node },
			parserOptions: {
				project: [
					'tsconfig.json',
					'edge/tsconfig.json',
					'src/service-worker/tsconfig.json',
					'tests/edge/tsconfig.json'
				],
				tsconfigRootDir: import.meta.dirname
			}
		},
		rules: {
			eqeqeq: ['error', 'always', { null: 'ignore' }],
			'no-var': 'error',
			'prefer-const': 'error',
			// TypeScript knows every name.
			'no-undef': 'off',
			// Reading bytes that people made is what Weir does.
			'no-control-regex': 'off',
			'@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
			'@typescript-eslint/no-confusing-void-expression': 'off',
			// There are no enums, which `erasableSyntaxOnly` sees to; looking for them takes a tenth of the time.
			'@typescript-eslint/no-unsafe-enum-assignment': 'off',
			'@typescript-eslint/no-unsafe-enum-comparison': 'off',
			// It takes a flag that a callback sets for a constant.
			'@typescript-eslint/no-unnecessary-condition': 'off',
			// By code point is how names are counted and cut.
			'@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
			// An async function may have nothing to await yet: its callers already do.
			'@typescript-eslint/require-await': 'off'
		}
	},
	// Typed rules on components take three times as long, and svelte-check covers them.
	{ files: untyped, ...ts.configs.disableTypeChecked },
	{
		files: ['**/*.js', '**/*.mjs', 'tests/bench/**', 'tests/campaign/**'],
		languageOptions: { parserOptions: { project: null } }
	},
	{
		files: ['**/*.svelte.ts'],
		languageOptions: { parser: ts.parser },
		// A state class replaces the collection behind its $state.raw; it never changes one that is rendered.
		rules: { 'svelte/prefer-svelte-reactivity': 'off' }
	},
	{ files: ['**/*.svelte'], languageOptions: { parserOptions: { parser: ts.parser, project: null } } },
	{
		files: ['tests/e2e/*.spec.ts'],
		ignores: ['tests/e2e/{kill,update}.spec.ts'],
		rules: {
			'no-restricted-imports': [
				'error',
				{
					name: '@playwright/test',
					importNames: ['test'],
					message: 'Take `test` from ./workspace.ts, whose pages cost less: see its note.'
				}
			]
		}
	},
	{
		files: ['**/*.svelte'],
		rules: {
			// Weir has one base path, the root.
			'svelte/no-navigation-without-resolve': 'off',
			'svelte/no-at-html-tags': 'error',
			// A component's plain Map is one that nothing renders.
			'svelte/prefer-svelte-reactivity': 'off',
			// It asks a compiler that warns less than svelte-check.
			'svelte/no-unused-svelte-ignore': 'off',
			'prefer-const': 'off',
			'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$derived', '$bindable'] }]
		}
	}
);
