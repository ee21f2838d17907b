import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

// Rules that ask for types are in .oxlintrc.json: they take an eighth of the time there.
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
	ts.configs.strict,
	svelte.configs.recommended,
	prettier,
	svelte.configs.prettier,
	{
		languageOptions: {
			globals: { ...globals.browser, ...globals.worker, ...globals.node },
			parserOptions: { tsconfigRootDir: import.meta.dirname }
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
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }]
		}
	},
	{
		files: ['**/*.svelte.ts'],
		languageOptions: { parser: ts.parser },
		// A state class replaces the collection behind its $state.raw; it never changes one that is rendered.
		rules: { 'svelte/prefer-svelte-reactivity': 'off' }
	},
	{ files: ['**/*.svelte'], languageOptions: { parserOptions: { parser: ts.parser } } },
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
