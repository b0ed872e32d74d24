# Only where the state was lost: the id is JSON with whom the set held, so that the next plan sees who left since.
terraform import genauth_user_set.staff '{"user_id_type":"email","users":{"ada@example.com":"Ada Lovelace"}}'
