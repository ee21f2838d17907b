SELECT i AS id FROM range(1000) t(i)
