"""The parts of a report as blocks: texts, tables and pictures, the same for every face."""
