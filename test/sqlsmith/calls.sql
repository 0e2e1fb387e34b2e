-- How often each function of migfix has answered; a call that ends in an error is not counted.
SELECT pg_sleep(1.5);  -- the counters come a second late
SELECT 'answered: ' || string_agg(calls || ' ' || funcname, ', ' ORDER BY funcname)
  FROM (SELECT funcname, sum(calls) AS calls FROM pg_stat_user_functions
         WHERE schemaname = 'public' AND funcname LIKE 'migfix%' GROUP BY funcname) f;
