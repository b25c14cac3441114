"""The words that students' secrets are made of: short, common, harmless, and easy to type.

256 of them, so that two in a row are one of 65,536. None sounds like another or is another with a
letter more, and no two pairs read the same when they are written together.
"""

from __future__ import annotations

_LISTED = """
    acorn amber angle ankle apple apron arrow atlas bacon badge bagel baker banjo basil
    basket beard beaver bench bicycle biscuit blanket blossom bottle bridge broom brush
    bubble bucket butter button cabin cactus camel camera candle canoe canyon carpet castle
    ceiling cello cherry chicken circus clover cobra cocoa comet cookie copper coral corner
    cotton coyote crayon cricket crown cushion daisy dancer diamond dinner doctor dolphin
    donkey dragon drum duck eagle echo elbow engine evening fabric falcon farmer feather
    fiddle finger flute forest fossil fountain fox freckle frog galaxy garden garlic gecko
    giant ginger giraffe glove grape guitar hammer hammock harbor hazel hedge helmet hero
    hockey honey hotel igloo insect island ivory jacket jaguar jelly jigsaw juice jungle
    kayak ketchup kettle kitchen kitten kiwi koala ladder lake lantern lemon leopard letter
    library lizard lobster lunch magnet mango marble market meadow melon mermaid meteor
    mirror mitten monkey mosaic muffin museum mustard napkin noodle nugget nurse oasis ocean
    olive onion orange orbit orchard otter oven owl packet paddle paint palace panda paper
    parrot pasta peanut pebble pencil penguin pepper piano picnic pigeon pillow pilot pirate
    planet pocket pond poppy potato prairie puddle puppet puzzle quilt rabbit radio raft
    raisin ranger ribbon river robin robot rocket ruby rug saddle sailor salad salmon sandal
    saturn scarf school sheep shovel silver singer sister skate sketch sled slipper snail
    snowman sofa soup spider sponge spoon squirrel statue sugar summer sunset sweater table
    teacup thunder ticket tiger toast tomato tractor trumpet tulip turtle umbrella valley
    velvet violin waffle wagon walnut walrus willow window winter wizard
"""

WORDS = tuple(_LISTED.split())
