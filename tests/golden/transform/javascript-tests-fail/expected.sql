-- The rows that step 1 is given:
SELECT *
FROM people

-- Step 1 is JavaScript: called for each of them, it gives twice DOUBLE.
-- Its rows are computed.
--   export default ({ score }) => score * 2

-- What becomes of them:
SELECT *
FROM computed
