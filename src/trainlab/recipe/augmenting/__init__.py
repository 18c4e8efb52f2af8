"""What each transformation of data augmentation does to one row; `recipe.augment` applies them to a batch."""
