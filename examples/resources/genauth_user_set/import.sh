# The users that the last apply declared, with their labels.
terraform import genauth_user_set.staff '{"user_id_type":"email","users":{"bob@example.com":"Bob Ross"}}'
