# The id is one JSON object. Ada waits for her deletion.
terraform import genauth_user_set.staff '{"user_id_type":"email","users":{"bob@example.com":"Bob Ross"},"suspend_days":14,"suspended":{"ada@example.com":"2026-12-11T00:00:00Z"}}'
