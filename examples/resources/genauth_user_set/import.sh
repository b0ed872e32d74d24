# The id is one JSON object.
terraform import genauth_user_set.staff '{"user_id_type":"email","users":{"ada@example.com":"Ada Lovelace"}}'
