-- The rows that step 2 is given:
SELECT *
FROM people
WHERE id < 4

-- Step 2 is JavaScript: called for each of them, it gives letters INTEGER, score VARCHAR.
-- Its rows are computed.
--   export default ({ name, score }, index) => ({
--     letters: name?.length ?? null,
--     score: score === null ? null : `${index}: ${score}`
--   })

-- What becomes of them:
WITH derived AS (
  SELECT
    *,
    letters > 2 AS is_long
  FROM computed
)
SELECT *
FROM derived
ORDER BY id DESC
