-- A folder's results.sqlite as format 1 had it (commit 691acbc): two variants, two seeds, one run diverged.
BEGIN TRANSACTION;
CREATE TABLE arrays (
    owner TEXT NOT NULL, name TEXT NOT NULL, dtype TEXT NOT NULL, shape TEXT NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (owner, name)
);
INSERT INTO "arrays" VALUES('fold/0','halves','|u1','[3]',X'010001');
INSERT INTO "arrays" VALUES('fold/0','targets','<i4','[3]',X'000000000100000001000000');
INSERT INTO "arrays" VALUES('fold/0','validation','<i8','[3]',X'040000000000000005000000000000000900000000000000');
INSERT INTO "arrays" VALUES('run/0','row_scores','|u1','[3]',X'010001');
INSERT INTO "arrays" VALUES('run/0','outputs','<f2','[3, 2]',X'003800380038003800380038');
INSERT INTO "arrays" VALUES('run/1','row_scores','|u1','[3]',X'010001');
INSERT INTO "arrays" VALUES('run/1','outputs','<f2','[3, 2]',X'003800380038003800380038');
INSERT INTO "arrays" VALUES('run/2','row_scores','|u1','[3]',X'010001');
INSERT INTO "arrays" VALUES('run/2','outputs','<f2','[3, 2]',X'003800380038003800380038');
CREATE TABLE epochs (
    run INTEGER NOT NULL, epoch INTEGER NOT NULL, running_loss REAL, train_loss REAL, train_metric REAL, validation_loss_a REAL, validation_loss_b REAL, validation_metric_a REAL, validation_metric_b REAL, penalty REAL,
    PRIMARY KEY (run, epoch)
) WITHOUT ROWID;
INSERT INTO "epochs" VALUES(0,1,0.25,0.25,0.25,0.25,0.25,0.25,0.25,0.25);
INSERT INTO "epochs" VALUES(0,2,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5);
INSERT INTO "epochs" VALUES(1,1,1.25,1.25,1.25,1.25,1.25,1.25,1.25,1.25);
INSERT INTO "epochs" VALUES(1,2,1.5,1.5,1.5,1.5,1.5,1.5,1.5,1.5);
INSERT INTO "epochs" VALUES(2,1,2.25,2.25,2.25,2.25,2.25,2.25,2.25,2.25);
INSERT INTO "epochs" VALUES(2,2,2.5,2.5,2.5,2.5,2.5,2.5,2.5,2.5);
INSERT INTO "epochs" VALUES(3,1,3.25,3.25,3.25,3.25,3.25,3.25,3.25,3.25);
INSERT INTO "epochs" VALUES(3,2,3.5,3.5,3.5,3.5,3.5,3.5,3.5,3.5);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "facts" VALUES('experiment','{"variants": {"plain": {}, "dropout": {"dropout": 0.3}}, "seeds": [7, 8], "metric": "accuracy"}');
INSERT INTO "facts" VALUES('folds','1');
INSERT INTO "facts" VALUES('reference','"plain"');
INSERT INTO "facts" VALUES('seconds','{"train": 1.5}');
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, variant INTEGER NOT NULL, seed INTEGER NOT NULL, fold INTEGER NOT NULL,
    cohort INTEGER NOT NULL, outcome INTEGER NOT NULL DEFAULT 0, epochs INTEGER NOT NULL DEFAULT 0, chosen_epoch INTEGER NOT NULL DEFAULT 0, best_epoch INTEGER NOT NULL DEFAULT 0, diverged_step INTEGER, score REAL, loss REAL, train_score REAL, train_loss REAL, parameters INTEGER, steps INTEGER,
    UNIQUE (variant, seed, fold)
);
INSERT INTO "runs" VALUES(0,0,0,0,0,1,2,2,1,NULL,0.75,0.5,0.9,0.25,26,12);
INSERT INTO "runs" VALUES(1,0,1,0,0,1,2,2,1,NULL,0.5,0.5,0.9,0.25,26,12);
INSERT INTO "runs" VALUES(2,1,0,0,1,1,2,2,1,NULL,0.625,0.5,0.9,0.25,26,12);
INSERT INTO "runs" VALUES(3,1,1,0,1,3,1,0,1,8,NULL,0.5,0.9,0.25,26,7);
COMMIT;
PRAGMA user_version = 1;
