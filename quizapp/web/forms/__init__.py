"""Forms: what a page asks for, and what it says when that will not do. Shared by the blueprints."""
