-- The rows that step 1 is given:
SELECT *
FROM people

-- Step 1 is TypeScript: called for batches of them, it gives rows of letter VARCHAR.
-- Its rows are letters.
--   type Batch = { rowCount: number; columns: { name: (string | null)[] } };
--   export default ({ columns }: Batch) => ({
--     letter: columns.name.flatMap((name) => [...(name ?? '')])
--   });

-- The rows that step 2 is given:
SELECT *
FROM letters

-- Step 2 is JavaScript: called for each of them, it gives code VARCHAR.
-- Its rows are computed.
--   export default ({ letter }) => letter.charCodeAt(0) < 100 ? String(letter.charCodeAt(0)) : letter

-- What becomes of them:
WITH typed AS (
  SELECT * REPLACE (TRY_CAST(code AS INTEGER) AS code)
  FROM computed
  WHERE NOT (code IS NOT NULL AND TRY_CAST(code AS INTEGER) IS NULL)
)
SELECT l.*, r.small
FROM typed AS l
LEFT JOIN codes AS r ON l.code = r.code
