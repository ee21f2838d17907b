import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

// Of components and of what holds runes alone: the rules of all other files are in .oxlintrc.json, and take a tenth of the time there.
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
			'tools/model-kernel/node_modules/',
			'**/*.{js,mjs,ts}',
			'!**/*.svelte.ts'
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
